// Builds the window into ui/dist; `gallery.html` is served in development only.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  clearScreen: false,
  server: { host: '127.0.0.1', port: 1420, strictPort: true },
  // WebKitGTK 2.50 and WebView2 both know light-dark() and nesting: ship them as written.
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: ['safari18', 'chrome130'],
    rolldownOptions: { input: 'index.html' },
    chunkSizeWarningLimit: 1500,
  },
  // Tests draw components as the window does, not as a server would.
  resolve: process.env['VITEST'] ? { conditions: ['browser'] } : {},
  // No test is about time: a limit is for what hangs.
  test: { environment: 'node', include: ['src/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
});
