export default function SessionPage(_: { id?: string }) { return null; }
