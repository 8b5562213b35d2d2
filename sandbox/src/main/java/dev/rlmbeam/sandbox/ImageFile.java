package dev.rlmbeam.sandbox;

import java.io.Serializable;
import java.util.Arrays;

/** A file that goes into an image. Immutable. */
public final class ImageFile implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String path;
  private final byte[] bytes;

  /**
   * A file of these bytes.
   *
   * @param path absolute
   */
  public ImageFile(String path, byte[] bytes) {
    this.path = path;
    this.bytes = bytes.clone();
  }

  /** Its name among the files that the image's commands can copy from, with a leading slash. */
  public String path() {
    return path;
  }

  /** A copy of what is in it. */
  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ImageFile file
        && path.equals(file.path)
        && Arrays.equals(bytes, file.bytes);
  }

  @Override
  public int hashCode() {
    return 31 * path.hashCode() + Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return path + " (" + bytes.length + " bytes)";
  }
}
