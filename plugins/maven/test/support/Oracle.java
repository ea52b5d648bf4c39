import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.maven.artifact.versioning.ComparableVersion;
import org.apache.maven.artifact.versioning.DefaultArtifactVersion;
import org.apache.maven.artifact.versioning.InvalidVersionSpecificationException;
import org.apache.maven.artifact.versioning.VersionRange;

/** Answers each line of standard input (compare, a, b; or range, specification, version; tab-separated) as Maven itself does. */
class Oracle {
  public static void main(String[] arguments) throws Exception {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    for (String line; (line = in.readLine()) != null; ) {
      String[] parts = line.split("\t", -1);
      out.println(parts[0].equals("compare") ? compare(parts[1], parts[2]) : contains(parts[1], parts[2]));
    }
    out.flush();
  }

  private static String compare(String a, String b) {
    return String.valueOf(Integer.signum(new ComparableVersion(a).compareTo(new ComparableVersion(b))));
  }

  private static String contains(String specification, String version) {
    try {
      return String.valueOf(VersionRange.createFromVersionSpec(specification).containsVersion(new DefaultArtifactVersion(version)));
    } catch (InvalidVersionSpecificationException refused) {
      return "invalid";
    }
  }
}
