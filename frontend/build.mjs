// Builds custom_components/hiven/frontend/hiven.js.
//   node build.mjs          builds it
//   node build.mjs --check  fails if it does not match the source
//   node build.mjs --test   runs the tests
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const BUILT = fileURLToPath(
  new URL("../custom_components/hiven/frontend/hiven.js", import.meta.url),
);
const TESTS = `${HERE}node_modules/.cache/test`;
const LARGEST = 60_000;

// Store the keys of the texts once instead of in every language, and each language as one string.
const texts = {
  name: "texts",
  setup({ onLoad }) {
    onLoad({ filter: /\/texts\/\w+\.json$/ }, ({ path }) => {
      const read = (name) => JSON.parse(readFileSync(name, "utf8"));
      const keys = Object.keys(read(path.replace(/\w+\.json$/, "en.json")));
      const own = read(path);
      const values = keys.map((key) => own[key]);
      if (values.some((value) => value.includes("|"))) throw new Error(`a "|" in ${path}`);
      const made = `export default textsOf(${JSON.stringify(values.join("|"))});`;
      return {
        contents: path.endsWith("/en.json")
          ? `const keys = ${JSON.stringify(keys.join("|"))}.split("|");
            export function textsOf(values) {
              return Object.fromEntries(values.split("|").map((value, i) => [keys[i], value]));
            }
            ${made}`
          : `import { textsOf } from "./en.json"; ${made}`,
        loader: "js",
        resolveDir: path.replace(/\/[^/]+$/, ""),
      };
    });
  },
};

// Spaces and line breaks in styles and templates are only for readability.
const templates = {
  name: "templates",
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/[\w-]+\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8")
        .replace(/css`[^`]*`/g, (style) =>
          style
            .replace(/\s+/g, " ")
            .replace(/ ?([{};,]) ?/g, "$1")
            .replace(/(?<=[(`:]) | (?=[)!])/g, "")
            .replace(/(?<=[ ,:])0(?=\.\d)/g, "")
            .replaceAll(";}", "}"),
        )
        .replace(/\n\s+(?=<|>|\$\{|`)/g, "")
        .replace(/\n\s+(?=[@.?\w-]+=(?:\$\{|"))/g, " "),
      loader: "ts",
    }));
  },
};

// Every browser that Home Assistant supports has constructable style sheets, so replace Lit's fallback.
const styles = {
  name: "styles",
  setup({ onResolve }) {
    onResolve({ filter: /\/css-tag\.js$/ }, () => ({ path: `${HERE}src/css-tag.ts` }));
  },
};

async function bundle() {
  const { outputFiles } = await build({
    absWorkingDir: HERE,
    entryPoints: ["src/main.ts"],
    bundle: true,
    charset: "utf8",
    format: "esm",
    legalComments: "none",
    // Lit's internal properties, which nothing outside the file uses.
    mangleProps: /^_\$/,
    minify: true,
    plugins: [texts, templates, styles],
    target: "es2022",
    write: false,
  });
  return outputFiles[0].text;
}

async function test() {
  rmSync(TESTS, { recursive: true, force: true });
  const names = readdirSync(`${HERE}test`).filter((name) => name.endsWith(".test.ts"));
  await build({
    absWorkingDir: HERE,
    entryPoints: names.map((name) => `test/${name}`),
    bundle: true,
    format: "esm",
    outdir: TESTS,
    outExtension: { ".js": ".mjs" },
    packages: "external",
    platform: "node",
    sourcemap: "inline",
    target: "node20",
  });
  const files = names.map((name) => `${TESTS}/${name.replace(/\.ts$/, ".mjs")}`);
  const { status } = spawnSync(
    process.execPath,
    ["--enable-source-maps", "--test", "--test-reporter=dot", ...files],
    { stdio: "inherit", env: { ...process.env, TZ: "Europe/Helsinki" } },
  );
  return status ?? 1;
}

async function main([option]) {
  if (option === "--test") return test();
  const text = await bundle();
  const size = Buffer.byteLength(text);
  if (size > LARGEST) {
    console.error(`frontend: the built file has ${size} bytes, more than ${LARGEST}`);
    return 1;
  }
  if (option === "--check") {
    let built = "";
    try {
      built = readFileSync(BUILT, "utf8");
    } catch {
      // Without a built file, they differ.
    }
    if (built === text) return 0;
    console.error("frontend: hiven.js is not what the source builds; run scripts/frontend");
    return 1;
  }
  mkdirSync(BUILT.replace(/\/[^/]+$/, ""), { recursive: true });
  writeFileSync(BUILT, text);
  console.log(`frontend: hiven.js, ${size} bytes`);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
