// Starts the page.

import "ol/ol.css";
import "../styles/base.css";
import "../styles/layout.css";
import "../styles/panels.css";
import "../styles/form.css";
import "../styles/shift.css";
import "../styles/duty.css";
import { render } from "preact";
import { App } from "./app.tsx";
import { lang, setLang } from "./i18n.ts";
import { session, takeLoginCode } from "./net/session.ts";

const code = takeLoginCode();
// A fresh link is a fresh person: an older login of this tab makes way.
if (code !== null) session.value = null;
setLang(lang.peek());
const root = document.getElementById("app");
if (root !== null) render(<App code={code} />, root);
