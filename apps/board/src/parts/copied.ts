/** Puts a text into the clipboard, and says whether it is there. */
export async function copied(text: string): Promise<boolean> {
  try {
    // Where a page was not loaded by TLS there is no `clipboard`, and a person may forbid it.
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedFromField(text);
  }
}

/** As it was done before there was a clipboard to write to. */
function copiedFromField(text: string): boolean {
  const focused = document.activeElement;
  const field = Object.assign(document.createElement('textarea'), { value: text, readOnly: true });
  field.style.position = 'fixed';
  document.body.append(field);
  field.select();
  try {
    return document.execCommand('copy');
  } catch {
    return false;
  } finally {
    field.remove();
    if (focused instanceof HTMLElement) focused.focus();
  }
}
