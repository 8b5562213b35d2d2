package dev.rlmbeam.pipelines.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.SplittableRandom;

/**
 * A file of random text that does not compress, with characters of one to four bytes in UTF-8, a
 * quarter of them outside of the basic plane. Immutable.
 *
 * @param codePoints in the file
 * @param sha256 of its bytes, in hexadecimal digits
 */
record RandomText(Path file, long bytes, long codePoints, String sha256) {
  private static final int BLOCK = 1 << 16;

  /** Writes a file of at least so many bytes; the same bytes for the same seed. */
  static RandomText write(Path file, long bytes, long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    MessageDigest digest = InlineContext.newSha256();
    StringBuilder block = new StringBuilder(2 * BLOCK);
    long written = 0;
    long codePoints = 0;
    try (OutputStream out = Files.newOutputStream(file)) {
      while (written < bytes) {
        block.setLength(0);
        for (int i = 0; i < BLOCK; i++) {
          block.appendCodePoint(codePoint(random.nextInt()));
        }
        byte[] encoded = block.toString().getBytes(StandardCharsets.UTF_8);
        out.write(encoded);
        digest.update(encoded);
        written += encoded.length;
        codePoints += BLOCK;
      }
    }
    return new RandomText(file, written, codePoints, HexFormat.of().formatHex(digest.digest()));
  }

  /** One of the many of a width, the width by the last two bits. */
  private static int codePoint(int bits) {
    int value = bits >>> 2;
    return switch (bits & 3) {
      case 0 -> 0x20 + value % 0x5f;
      case 1 -> 0x80 + value % 0x780;
      case 2 -> 0x4e00 + value % 0x5000;
      default -> 0x10000 + value % 0x10000;
    };
  }
}
