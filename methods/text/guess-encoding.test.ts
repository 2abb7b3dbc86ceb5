import { describe, expect, it } from 'vitest';
import { guessEncodings } from './guess-encoding.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const of = (hex: string): string[] => guessEncodings(bytes(hex), bytes(hex));

describe('guessing an encoding', () => {
  // Two or three lines of names and places in languages of each, in hexadecimal.
  it.each([
    [
      'windows-1252',
      '4dfc6c6c65722c53747261df652c4bf66c6e0a4a6f73e9204f92427269656e2c636166e92096203320800a4672616ee76f69732c4d6f6e7472e9616c0ac573652c54726f6d73f80a',
    ],
    [
      'windows-1250',
      'a3756b61737a2c4b72616bf3772cbff3b3770a44766ff8e16b2c50f8ed6272616d2c6dec73746f0a4779f5722c537ae96b6573666568e97276e1720a',
    ],
    ['windows-1251', 'c8e2e0edeee22ccceef1eae2e02ce4e00ad1e0edeaf22dcfe5f2e5f0e1f3f0e32cf3eb2e20cbe5ede8ede00a'],
    ['koi8-r', 'e9d7c1cecfd72cedcfd3cbd7c12cc4c10af3c1cecbd42df0c5d4c5d2c2d5d2c72cd5cc2e20ecc5cec9cec10a'],
    ['ibm866', '88a2a0adaea22c8caee1aaa2a02ca4a00a91a0adaae22d8fa5e2a5e0a1e3e0a32ce3ab2e208ba5ada8ada00a'],
    ['windows-1253', 'd0e1f0e1e4fcf0eff5ebeff22cc1e8deede10ac8e5f3f3e1ebefeddfeae72ccddde120d3ecfdf1ede70a'],
    ['windows-1254', '59fd6c6d617a2cdd7374616e62756c2cfe69fe650a41f072fd2c446ff0616e2ce769e7656b0a'],
    ['windows-1255', 'e9f8e5f9ece9ed2cfaec20e0e1e9e10af9ece5ed2ce7e9f4e40a'],
    ['windows-1256', 'c7e1dec7e5d1c92ce3cde3cf0ac7e1d1edc7d62cc7e1d3dae6cfedc90a'],
    ['macintosh', '4d9f6c6c65722c4b9a6c6e0a4a6f738e2c6361668e0a4672616e8d6f69732c4d6f6e74728e616c0a'],
    ['shift_jis', '938c8b9e93732c8f61924a8be60a91e58de3957b2c82bd82c882a92082b382ad82e70a834a835e834a83692c8fa495690a'],
    ['gb18030', 'b1b1bea9cad02cb3afd1f4c7f82cd5c5ceb00ac9cfbaa32cb2fac6b7c3fbb3c62ccafdc1bf0a'],
    ['big5', 'a578a55fa5ab2cab48b871b0cf2ca4fda470a9fa0ab0aab6af2cb2a3ab7ea657bad92cbcc6b6710a'],
    ['euc-kr', 'bcadbfefc6afbab0bdc32cb0adb3b2b1b82cb1e8b9cebcf60abacebbea2cc1a6c7b020c0ccb8a72cbcf6b7ae0a'],
  ])('tells %s from the others', (encoding, hex) => {
    expect(of(hex)[0]).toBe(encoding);
  });
  it('knows two bytes a letter by the mark or by the zeros, in either order', () => {
    expect(of('fffe61002c00')).toEqual(['utf-16']);
    expect(of('feff0061002c')).toEqual(['utf-16be']);
    expect(of('0061002c'.repeat(20))).toEqual(['utf-16be']);
    expect(of('61002c00'.repeat(20))).toEqual(['utf-16']);
  });
  it('takes no file of one byte a letter, with zeros among its values, for two', () => {
    const text = new TextEncoder().encode(`a,b\n${'x\0,1\n'.repeat(60)}`);
    expect(guessEncodings(text, Uint8Array.of())).toEqual([]);
  });
  it('says nothing where there is nothing to see', () => {
    expect(of('612c620a')).toEqual([]);
  });
});
