/** A plain YAML scalar where that is safe, in lists of one line too; else a quoted one. */
export function yamlText(text: string): string {
  const isPlain =
    /^[A-Za-z][\w./-]*(?: [A-Za-z][\w./-]*)*$/.test(text) &&
    !/^(?:true|false|null|yes|no|on|off)$/i.test(text);
  return isPlain ? text : JSON.stringify(text);
}
