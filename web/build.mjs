// Bundles the pages into one script and one style sheet with hashed names, beside a plain index.html that needs no
// inline code (so that a strict content security policy holds), and the licences of what is inside.
import { build } from "esbuild";
import { copyFile, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const messages = path.join(here, "..", "dispatch", "messages");
const out = path.resolve(process.argv[2] ?? path.join(here, "..", "dispatch", "console", "pages"));

/** The one catalogue of messages, shared with Python: every JSON file of dispatch/messages, merged. */
const catalogue = {
  name: "catalogue",
  setup(bundler) {
    bundler.onResolve({ filter: /^catalogue$/ }, () => ({ path: "catalogue", namespace: "catalogue" }));
    bundler.onLoad({ filter: /.*/, namespace: "catalogue" }, async () => {
      const merged = {};
      for (const file of (await readdir(messages)).filter((name) => name.endsWith(".json")).sort()) {
        Object.assign(merged, JSON.parse(await readFile(path.join(messages, file), "utf8")));
      }
      return { contents: JSON.stringify(merged), loader: "json" };
    });
  },
};

/** The licence texts of the packages that are really inside the bundle. */
const licences = async (inputs) => {
  const packages = new Set();
  for (const input of inputs) {
    const found = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (found) packages.add(found[1]);
  }
  const parts = [];
  for (const name of [...packages].sort()) {
    const folder = path.join(here, "node_modules", name);
    const { version, license } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? await readFile(path.join(folder, file), "utf8") : "";
    parts.push(`${name} ${version} (${license ?? "see below"})\n\n${text.trim()}\n`);
  }
  return parts.join(`\n${"-".repeat(78)}\n\n`);
};

const result = await build({
  absWorkingDir: here,
  entryPoints: { app: "src/main.tsx" },
  outdir: path.join(out, "assets"),
  entryNames: "[name]-[hash]",
  bundle: true,
  format: "esm",
  target: ["chrome109", "firefox115", "safari16"],
  jsx: "automatic",
  jsxImportSource: "preact",
  minify: true,
  metafile: true,
  legalComments: "none",
  plugins: [catalogue],
});

const names = Object.keys(result.metafile.outputs).map((name) => path.basename(name));
const script = names.find((name) => name.endsWith(".js"));
const style = names.find((name) => name.endsWith(".css"));
const template = await readFile(path.join(here, "index.html"), "utf8");
await mkdir(out, { recursive: true });
await writeFile(path.join(out, "index.html"), template.replace("{script}", script).replace("{style}", style));
await copyFile(path.join(here, "icon.svg"), path.join(out, "assets", "icon.svg"));
await writeFile(path.join(out, "THIRD-PARTY.txt"), await licences(Object.keys(result.metafile.inputs)));
