import vue from "@vitejs/plugin-vue";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

/** What `npm run dev` leaves to a running program. */
const API = ["auth", "products", "orders", "payments", "shipments", "ledger", "audit", "webhooks", "events", "ready", "problems", "verifyIamport", "docs"];

// The built files are committed and compared with a fresh build, so nothing in them may depend on the machine or the
// moment: names follow from contents, and there are no banners.
export default defineConfig({
  plugins: [vue()],
  server: { proxy: Object.fromEntries(API.map((path) => [`/${path}`, "http://127.0.0.1:8080"])) },
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  define: { __VUE_I18N_LEGACY_API__: false, __INTLIFY_PROD_DEVTOOLS__: false, __VUE_OPTIONS_API__: false },
  build: {
    target: "es2022",
    outDir: "dist",
    emptyOutDir: true,
    // A content security policy without inline scripts or data: scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      output: {
        manualChunks: (id) => (/node_modules\/(@?vue|vue-router|vue-i18n|@intlify|openapi-fetch)/.test(id) ? "base" : undefined),
      },
    },
  },
});
