/** Version 2 brings no types. */
declare module 'socket.io-client-2' {
  interface OldSocket {
    on(event: string, heard: (value: unknown) => void): OldSocket;
    emit(event: string, ...values: unknown[]): OldSocket;
    close(): OldSocket;
  }
  export default function io(url: string, options?: object): OldSocket;
}
