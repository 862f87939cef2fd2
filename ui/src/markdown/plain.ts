// Markdown in one line, where there is no room for more. Pure.

/** The first line that says something, without the marks around its words. */
export function plainLine(markdown: string): string {
  const lines = markdown.split(/\r?\n/).map((line) =>
    line
      .replace(/^\s*(?:[-*+]|\d+[.)]|#{1,6}|>)\s+/, '')
      .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/(\*\*|__|~~|`)(.+?)\1/g, '$2')
      .replace(/(?<!\w)([*_])(\S(?:.*?\S)?)\1(?!\w)/g, '$2')
      .trim(),
  );
  return lines.find((line) => /[\p{L}\p{N}]/u.test(line)) ?? '';
}
