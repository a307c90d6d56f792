import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** The files below a folder that this process has open; by name, since Node and TensorFlow open and close others. */
export function openFiles(folder: string): string[] {
  const names = readdirSync('/dev/fd').map(fd => {
    try {
      return readlinkSync(join('/dev/fd', fd));
    } catch {
      return ''; // the one that readdir itself had open
    }
  });
  return names.filter(name => name.startsWith(folder));
}
