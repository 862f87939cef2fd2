// The encodings that a text can be read in, by the names that the web has for them.

interface Option {
  value: string;
  label: string;
  hint?: string;
}

const ENCODINGS: readonly Option[] = [
  { value: 'UTF-8', label: 'UTF-8' },
  { value: 'UTF-16LE', label: 'UTF-16LE' },
  { value: 'UTF-16BE', label: 'UTF-16BE' },
  { value: 'windows-1252', label: 'windows-1252', hint: 'Western' },
  { value: 'ISO-8859-15', label: 'ISO-8859-15', hint: 'Western' },
  { value: 'macintosh', label: 'macintosh', hint: 'Western' },
  { value: 'windows-1250', label: 'windows-1250', hint: 'Central European' },
  { value: 'ISO-8859-2', label: 'ISO-8859-2', hint: 'Central European' },
  { value: 'windows-1251', label: 'windows-1251', hint: 'Cyrillic' },
  { value: 'KOI8-R', label: 'KOI8-R', hint: 'Cyrillic' },
  { value: 'KOI8-U', label: 'KOI8-U', hint: 'Cyrillic' },
  { value: 'IBM866', label: 'IBM866', hint: 'Cyrillic' },
  { value: 'ISO-8859-5', label: 'ISO-8859-5', hint: 'Cyrillic' },
  { value: 'windows-1253', label: 'windows-1253', hint: 'Greek' },
  { value: 'windows-1254', label: 'windows-1254', hint: 'Turkish' },
  { value: 'windows-1255', label: 'windows-1255', hint: 'Hebrew' },
  { value: 'windows-1256', label: 'windows-1256', hint: 'Arabic' },
  { value: 'windows-1257', label: 'windows-1257', hint: 'Baltic' },
  { value: 'windows-1258', label: 'windows-1258', hint: 'Vietnamese' },
  { value: 'windows-874', label: 'windows-874', hint: 'Thai' },
  { value: 'Shift_JIS', label: 'Shift_JIS', hint: 'Japanese' },
  { value: 'EUC-JP', label: 'EUC-JP', hint: 'Japanese' },
  { value: 'ISO-2022-JP', label: 'ISO-2022-JP', hint: 'Japanese' },
  { value: 'GBK', label: 'GBK', hint: 'Chinese' },
  { value: 'gb18030', label: 'gb18030', hint: 'Chinese' },
  { value: 'Big5', label: 'Big5', hint: 'Chinese' },
  { value: 'EUC-KR', label: 'EUC-KR', hint: 'Korean' },
];

/** All of them, and `found` if it is none of them. */
export function encodingOptions(found: string): readonly Option[] {
  return ENCODINGS.some(({ value }) => value === found)
    ? ENCODINGS
    : [{ value: found, label: found }, ...ENCODINGS];
}
