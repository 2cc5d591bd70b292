// Preact with htm: components without a build step.
import { h, render, createContext } from './vendor/preact.js';
import htm from './vendor/htm.js';

export { render, createContext };
export * from './vendor/preact-hooks.js';
export const html = htm.bind(h);
