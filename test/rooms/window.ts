/**
 * The rooms of `renderer/src/`, lowest first. A room imports rooms of lower rows only; rooms of one row know nothing of
 * each other. What two rooms of a row both need belongs in a row below. Why this order: `docs/architecture.md`.
 */
export const windowRooms: readonly (readonly string[])[] = [
  // What is said, and figures in words.
  ['text'],
  // Buttons, fields, menus that know nothing of pipelines; the connection to the host.
  ['theme', 'rpc'],
  // What the window knows: open documents, runs, files, which screen and panels are shown.
  ['state'],
  // Parts that are loaded when wanted; the search for a kind; what reads a file that is opened.
  ['loading', 'kinds', 'readers'],
  // A pipeline as a drawing: places, routes of wires, and the commands that change it.
  ['drawing'],
  // Whatever a person can do, by menu, key or search.
  ['actions'],
  // Parts that many screens show.
  ['charts', 'controls', 'examples'],
  // Rows of a table, profiles, thumbnails.
  ['preview'],
  // Screens and panels, each by itself.
  [
    'canvas',
    'changes',
    'clusters',
    'code',
    'devices',
    'labels',
    'language',
    'limits',
    'log',
    'models',
    'palette',
    'problems',
    'report',
    'start',
  ],
  // Screens and panels that show a part of one above: a place to run in the inspector, reports in runs and training, the chat from a service.
  ['inspector', 'runs', 'services', 'training'],
  // All of it put together.
  ['app'],
  ['main.tsx'],
];
