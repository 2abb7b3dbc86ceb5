/** `CI` in words that node-llama-cpp takes: it fails of any but these two, and some systems set it to their name. */
export const ciWord = (value = ''): 'true' | 'false' =>
  ['', '0', 'false'].includes(value.toLowerCase()) ? 'false' : 'true';
