/** Hands a file to the browser, to be saved. */

import { csvText, type Cell } from '../logic/csv.ts';

/** Lets the browser save the table under that name. */
export function saveCsv(name: string, rows: readonly (readonly Cell[])[]): void {
  const address = URL.createObjectURL(new Blob([csvText(rows)], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
