import type { MaterialView, PackageView, RunView, UpstreamView } from '../../../store/run-views.ts';
import { pathOfPackage, pathOfPipeline, pathOfRevisionStream, pathOfRun, withQuery } from '../addresses.ts';
import { showDigest } from '../components/digest.ts';
import { showLink } from '../components/link.ts';
import { showTable } from '../components/table.ts';
import { type Html, html } from '../html.ts';

/** What a run pinned, and what the run before it had in its place. */
export function showMaterials({ materials }: RunView, before: RunView | undefined): Html {
  const pinnedBefore = new Map(before?.materials.map((material) => [nameOf(material), versionOf(material)]));
  return showTable(
    'What the run pinned',
    ['Material', 'Version', 'Since the run before', 'Digest', 'Where'],
    materials.map((material) => {
      const change = showChange(material, pinnedBefore.get(nameOf(material)));
      return 'package' in material ? showPackage(material, change) : showUpstream(material, change);
    }),
  );
}

const nameOf = (material: MaterialView): string =>
  'package' in material ? material.package : material.pipeline;
const versionOf = (material: MaterialView): string =>
  'package' in material ? material.version : material.label;

function showPackage({ package: name, version, digest, location }: PackageView, change: Html): Html {
  return html`<tr>
    <th scope="row"><a href=${pathOfPackage(name)}>${name}</a></th>
    <td><a class="version" href=${withQuery(pathOfRevisionStream(name), { version })} title="Where it went">${version}</a></td>
    <td>${change}</td>
    <td>${showDigest(digest)}</td>
    <td class="words">${location !== null && showLink(location)}</td>
  </tr>`;
}

function showUpstream({ pipeline, counter, label, stage }: UpstreamView, change: Html): Html {
  return html`<tr>
    <th scope="row"><a href=${pathOfPipeline(pipeline)}>${pipeline}</a></th>
    <td><a href=${pathOfRun(pipeline, counter)}>${label}</a></td>
    <td>${change}</td>
    <td></td>
    <td>passed ${stage}</td>
  </tr>`;
}

function showChange(material: MaterialView, before: string | undefined): Html {
  if (!material.changed) return html`the same`;
  const isOther = before !== undefined && before !== versionOf(material);
  return html`<strong>changed</strong>${isOther && html`, was <span class="version">${before}</span>`}`;
}
