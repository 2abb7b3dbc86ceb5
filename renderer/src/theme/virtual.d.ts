declare module 'virtual:node-icons' {
  import type { LucideIcon } from 'lucide-react';
  const icons: Readonly<Record<string, LucideIcon | undefined>>;
  export default icons;
}
