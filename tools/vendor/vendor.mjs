// Copies the pinned browser libraries into static/vendor and lists their hashes.
// Run `npm ci && npm run vendor` in this folder after changing a version.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "..", "static", "vendor");
const modules = join(here, "node_modules");

// Name of the package, then what is copied from it. axe-core is for the tests alone.
const COPIES = {
  // Its package holds no licence text, so the one of its repository is kept beside this script.
  "govuk-frontend": { "../../licences/govuk-frontend.txt": "LICENSE.txt" },
  "htmx.org": { "dist/htmx.min.js": "htmx.min.js", LICENSE: "LICENSE" },
  "socket.io-client": { "dist/socket.io.esm.min.js": "socket.io.esm.min.js", LICENSE: "LICENSE" },
  "axe-core": { "axe.min.js": "axe.min.js", LICENSE: "LICENSE", "LICENSE-3RD-PARTY.txt": "LICENSE-3RD-PARTY.txt" },
};

/** @param {string} name */
function folderOf(name) {
  const { version } = JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8"));
  return join(target, `${name}-${version}`);
}

/** The browser would ask for a map that is not shipped.
 * @param {string} path */
function withoutMap(path) {
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n"));
}

function copyLibraries() {
  for (const [name, files] of Object.entries(COPIES)) {
    const folder = folderOf(name);
    mkdirSync(folder, { recursive: true });
    for (const [from, to] of Object.entries(files)) {
      cpSync(join(modules, name, from), join(folder, to));
      if (to.endsWith(".js")) withoutMap(join(folder, to));
    }
  }
}

function buildGovuk() {
  const { css } = sass.compile(join(here, "govuk.scss"), { style: "compressed" });
  if (/url\(|GDS Transport|crown/i.test(css)) throw new Error("The subset must not hold a font, a picture or a crown.");
  writeFileSync(join(folderOf("govuk-frontend"), "govuk-subset.min.css"), `${css.trim()}\n`);
}

function writeManifest() {
  const found = readdirSync(target, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const hashes = found.map((entry) => {
    const path = join(entry.parentPath, entry.name);
    const digest = createHash("sha384").update(readFileSync(path)).digest("base64");
    return [relative(target, path).split(sep).join("/"), `sha384-${digest}`];
  });
  hashes.sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(join(target, "manifest.json"), `${JSON.stringify(Object.fromEntries(hashes), null, 2)}\n`);
}

rmSync(target, { recursive: true, force: true });
copyLibraries();
buildGovuk();
writeManifest();
