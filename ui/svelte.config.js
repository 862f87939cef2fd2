// Svelte in runes mode everywhere, so that v4 syntax does not compile.
/** @type {import('@sveltejs/vite-plugin-svelte').SvelteConfig} */
export default {
  // Dependencies decide for themselves; ours are runes only.
  vitePlugin: {
    dynamicCompileOptions({ filename }) {
      return filename.includes('node_modules') ? undefined : { runes: true };
    },
  },
};
