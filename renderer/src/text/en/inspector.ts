export const inspector = {
  roles: {
    target: 'target',
    feature: 'feature',
    id: 'id',
    group: 'group',
    time: 'time',
    weight: 'weight',
    text: 'text',
    image: 'image',
    audio: 'audio',
  },
} as const;
