/** A word of a command line to be copied into a shell: as it is where that is safe (`#4` begins a comment), else quoted. */
export function commandWord(text: string): string {
  return /^[\w@%+:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
