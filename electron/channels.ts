/** Names of what passes between main and preload, for both. */
export const channels = {
  requestPort: 'flowyard:request-port',
  pickPipeline: 'flowyard:pick-pipeline',
  showInFolder: 'flowyard:show-in-folder',
  secretKeychain: 'flowyard:secret-keychain',
  secretNames: 'flowyard:secret-names',
  secretSet: 'flowyard:secret-set',
  secretRemove: 'flowyard:secret-remove',
  openPipeline: 'flowyard:open-pipeline',
  menuCommand: 'flowyard:menu-command',
  askToClose: 'flowyard:ask-to-close',
  closeHeard: 'flowyard:close-heard',
  closeAnswer: 'flowyard:close-answer',
  hostPort: 'flowyard:host-port',
} as const;
