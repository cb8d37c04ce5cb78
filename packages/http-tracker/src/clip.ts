/** The beginning of a text, of so many code units at most, and no half of a character at its end. */
export function clip(text: string, most: number): string {
  const head = text.slice(0, most);
  return head.length < text.length && /[\uD800-\uDBFF]$/.test(head) ? head.slice(0, -1) : head;
}
