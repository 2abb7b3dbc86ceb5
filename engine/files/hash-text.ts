import { hash } from 'node:crypto';

export const hashText = (text: string): string => hash('sha256', text, 'hex');
