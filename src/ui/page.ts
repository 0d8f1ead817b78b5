/**
 * The web page: a plain list of the groups. It needs no script and no asset.
 */

/** A group as the page shows it. */
export interface PageGroup {
  /** Grouping labels as text. */
  readonly labels: string;
  /** When a push last succeeded, in seconds since the Unix epoch; 0 stands for never. */
  readonly pushTime: number;
  /** When a push last failed, in seconds since the Unix epoch; 0 stands for never. */
  readonly failureTime: number;
  /** Number of families. */
  readonly families: number;
  /** Number of series. */
  readonly series: number;
}

/** What the page shows. */
export interface PageContent {
  /** The groups in order. */
  readonly groups: readonly PageGroup[];
  /** Version and the like, by name. */
  readonly build: Readonly<Record<string, string>>;
  /** The flags by name. */
  readonly flags: Readonly<Record<string, string>>;
  /** Path of the scrape endpoint, to link to. */
  readonly metricsPath: string;
}

/** Renders the page as HTML. */
export function renderPage({ groups, build, flags, metricsPath }: PageContent): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Narthex</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color-scheme: light dark; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #8886; padding: .3rem .6rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
</style>
</head>
<body>
<h1>Narthex</h1>
<p><a href="${escapeHtml(metricsPath)}">Metrics</a></p>
<h2>Groups (${groups.length})</h2>
${renderGroups(groups)}
<h2>Build</h2>
${renderPairs(build)}
<h2>Flags</h2>
${renderPairs(flags)}
</body>
</html>
`;
}

function renderGroups(groups: readonly PageGroup[]): string {
  if (groups.length === 0) return "<p>Nothing has been pushed yet.</p>";
  const rows = groups.map(({ labels, pushTime, failureTime, families, series }) =>
    `<tr><td><code>${escapeHtml(labels)}</code></td><td>${renderTime(pushTime)}</td>` +
    `<td>${renderTime(failureTime)}</td><td>${families}</td><td>${series}</td></tr>`
  );
  return `<table>
<thead><tr><th>Group</th><th>Last push</th><th>Last failure</th><th>Families</th><th>Series</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>`;
}

function renderPairs(pairs: Readonly<Record<string, string>>): string {
  const rows = Object.entries(pairs)
    .map(([name, value]) => `<tr><th>${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`);
  return `<table>\n${rows.join("\n")}\n</table>`;
}

function renderTime(seconds: number): string {
  if (seconds === 0) return "never";
  const iso = new Date(seconds * 1000).toISOString();
  return `<time datetime="${iso}">${iso}</time>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
