/**
 * A function that writes each place of a text that `pattern` finds as `by` has it. Most texts have no such place: they are
 * looked through once and are done.
 */
export function replacer(pattern: RegExp, by: (found: string) => string): (text: string) => string {
  const each = new RegExp(pattern, `${pattern.flags}g`);
  return (text) => (pattern.test(text) ? text.replaceAll(each, by) : text);
}
