import { defineConfig } from 'vite';
import { resultsRelay } from './results-relay.ts';

export default defineConfig({
  plugins: [resultsRelay()],
  // What the SDK runs on: Chromium 111, Firefox 114, Safari 16.4 and later.
  build: { target: 'baseline-widely-available' },
});
