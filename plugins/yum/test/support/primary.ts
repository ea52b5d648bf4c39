/** What a test says of an rpm. */
export interface MadeRpm {
  readonly name?: string;
  readonly epoch?: string;
  readonly version?: string;
  readonly release?: string;
  readonly arch?: string;
  readonly checksum?: string;
  readonly buildTime?: number;
  readonly href?: string;
  /** More children of the element, as XML. */
  readonly more?: string;
}

/** The opening of a primary.xml as createrepo_c writes it. */
export function openPrimary(count: number): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<metadata xmlns="http://linux.duke.edu/metadata/common" xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="${count}">\n`;
}

/** One package element as createrepo_c writes it. */
export function writePackage(rpm: MadeRpm = {}): string {
  const {
    name = 'pad',
    epoch = '0',
    version = '1.0',
    release = '1',
    arch = 'noarch',
    checksum = 'a'.repeat(64),
  } = rpm;
  const {
    buildTime = 1_700_000_000,
    href = `Packages/${name}-${version}-${release}.${arch}.rpm`,
    more = '',
  } = rpm;
  return `<package type="rpm">
  <name>${name}</name>
  <arch>${arch}</arch>
  <version epoch="${epoch}" ver="${version}" rel="${release}"/>
  <checksum type="sha256" pkgid="YES">${checksum}</checksum>
  <summary>Pads</summary>
  <description>Pads things, with &lt;package&gt; in them</description>
  <packager>alice</packager>
  <url>https://pad.example.com/</url>
  <time file="${buildTime + 60}" build="${buildTime}"/>
  <size package="6185" installed="0" archive="124"/>
  <location href="${href}"/>
${more}  <format>
    <rpm:license>MIT</rpm:license>
    <rpm:vendor>Acme</rpm:vendor>
    <rpm:group>Unspecified</rpm:group>
    <rpm:buildhost>builder</rpm:buildhost>
    <rpm:sourcerpm>${name}-${version}-${release}.src.rpm</rpm:sourcerpm>
    <rpm:header-range start="4504" end="6053"/>
    <rpm:provides>
      <rpm:entry name="${name}" flags="EQ" epoch="${epoch}" ver="${version}" rel="${release}"/>
    </rpm:provides>
    <file>/usr/share/package</file>
  </format>
</package>
`;
}

/** A whole primary.xml. */
export function writePrimary(rpms: readonly MadeRpm[]): string {
  return `${openPrimary(rpms.length)}${rpms.map(writePackage).join('')}</metadata>\n`;
}
