package dev.rlmbeam.transforms;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** File systems that a bundle has not, because few need them and their libraries are large. */
public enum FileSystemAddOn {
  /** Google's. */
  GS(
      "org.apache.beam.sdk.extensions.gcp.storage.GcsFileSystemRegistrar",
      "look at the URI: gs://BUCKET/FILE"),
  /** Amazon's, and what speaks its protocol. */
  S3("org.apache.beam.sdk.io.aws2.s3.S3FileSystemRegistrar", "look at the URI: s3://BUCKET/FILE"),
  /** Hadoop's. */
  HDFS(
      "org.apache.beam.sdk.io.hdfs.HadoopFileSystemRegistrar",
      "say where it is: --hdfsConfiguration='[{\"fs.defaultFS\": \"hdfs://HOST:PORT\"}]'");

  private final String registrar;
  private final String settings;

  FileSystemAddOn(String registrar, String settings) {
    this.registrar = registrar;
    this.settings = settings;
  }

  /** The add-on's name, which is also the scheme of its URIs. */
  public String scheme() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The add-on of a name. */
  public static Optional<FileSystemAddOn> of(String name) {
    return Arrays.stream(values()).filter(each -> each.scheme().equals(name)).findFirst();
  }

  /** The names of all, for a person. */
  public static String names() {
    return Arrays.stream(values()).map(FileSystemAddOn::scheme).collect(Collectors.joining(", "));
  }

  /** Whether it is on the class path. */
  public boolean isPresent() {
    try {
      Class.forName(registrar, false, FileSystemAddOn.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /**
   * What a person can do about a URI that no file system here knows. Begins with a small letter.
   */
  public static String cure(String uri) {
    int end = uri.indexOf("://");
    return of(end < 0 ? "" : uri.substring(0, end))
        .map(
            addOn ->
                addOn.isPresent()
                    ? addOn.settings
                    : "give --addOns=" + addOn.scheme() + ", or a file of this machine")
        .orElse(
            "give a file of this machine, gs://, s3:// or hdfs://, or add Beam's module for it to"
                + " the class path");
  }
}
