/* Read before Playwright's own part in the app, which asks for no keychain whatever the arguments say. */
const { app } = require('electron');

const { commandLine } = app;
const append = commandLine.appendSwitch.bind(commandLine);
commandLine.appendSwitch = (name, value) => {
  if (name !== 'password-store') append(name, value);
};
