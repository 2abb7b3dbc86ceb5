/** How the letters of a text file may be stored. Three forms are read as they lie; a file in one of the others is read from a copy in UTF-8. */

/** By the names that `TextDecoder` has for them. */
export const decodedEncodings = {
  'windows-1252': 'Windows-1252 (Western Europe, Excel)',
  'windows-1250': 'Windows-1250 (Central Europe)',
  'windows-1251': 'Windows-1251 (Cyrillic)',
  'koi8-r': 'KOI8-R (Cyrillic)',
  ibm866: 'IBM866 (Cyrillic, DOS)',
  'windows-1253': 'Windows-1253 (Greek)',
  'windows-1254': 'Windows-1254 (Turkish)',
  'windows-1255': 'Windows-1255 (Hebrew)',
  'windows-1256': 'Windows-1256 (Arabic)',
  macintosh: 'Mac OS Roman',
  shift_jis: 'Shift JIS (Japanese)',
  gb18030: 'GB18030, GBK (Chinese)',
  big5: 'Big5 (Chinese, traditional)',
  'euc-kr': 'EUC-KR (Korean)',
  'utf-16be': 'UTF-16 in big-endian order',
} as const;
export type DecodedEncoding = keyof typeof decodedEncodings;

export const textEncodings = {
  'utf-8': 'UTF-8',
  'utf-16': 'UTF-16',
  'latin-1': 'Latin-1 (Western Europe)',
  ...decodedEncodings,
} as const;
export type TextEncoding = keyof typeof textEncodings;

export const isDecoded = (encoding: string): encoding is DecodedEncoding => Object.hasOwn(decodedEncodings, encoding);

/** Without what it is for: "Shift JIS". */
export const sayEncoding = (encoding: TextEncoding): string => textEncodings[encoding].split(/ \(|, /)[0] ?? encoding;
