// Needs: nothing else.
//
// One output of a notebook cell in several forms, or its text on the console where there is no notebook.

/** An output's forms by MIME type; a notebook shows the richest that it can. */
export type Forms = { 'text/plain': string } & Record<string, unknown>;

type WriteDisplayData = (
  output: { data: Forms; metadata: object; transient: { display_id?: string } },
  update: boolean,
) => void;

/**
 * The running kernel's own way to send an output, or undefined outside a notebook.
 *
 * tslab's public `display` sends one form a call. Its inner function is looked up among the loaded modules rather
 * than required, so that it is the running kernel's, wherever that is installed, and may be missing altogether.
 */
function kernelWriter(): WriteDisplayData | undefined {
  const file = Object.keys(require.cache).find(name => /[\\/]tslab[\\/]dist[\\/]jupyter\.js$/.test(name));
  return (file && require.cache[file]?.exports.lastWriteDisplayData) || undefined;
}

/** Whether a notebook shows what is sent. */
export const inNotebook = (): boolean => kernelWriter() !== undefined;

/** Shows an output in all its forms; prints the text outside a notebook. */
export function show(forms: Forms): void {
  const write = kernelWriter();
  if (write) write({ data: forms, metadata: {}, transient: {} }, false);
  else console.log(forms['text/plain']);
}

/** Shows an output that a later call with the same id replaces. Does nothing outside a notebook. */
export function showInPlace(id: string, forms: Forms, update: boolean): void {
  kernelWriter()?.({ data: forms, metadata: {}, transient: { display_id: id } }, update);
}
