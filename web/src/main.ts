import { createApp } from "vue";
import App from "./App.vue";
import { i18n, speak, usualLocale } from "./i18n";
import { startListening } from "./live";
import { router } from "./router";
import "./styles/base.css";
import "./styles/forms.css";
import "./styles/tables.css";
import { applyTheme } from "./theme";

applyTheme();
await speak(usualLocale());
createApp(App).use(i18n).use(router).mount("#app");
startListening();
