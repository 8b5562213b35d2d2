package dev.rlmbeam.pipelines.bench;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A file of random text that does not compress, with characters of one to four bytes in UTF-8, a
 * quarter of them outside of the basic plane. Texts of any number of its copies are made of it,
 * each with a head of its own, so that no two are the same. Immutable.
 *
 * @param codePoints in the file
 */
record RandomText(Path file, long bytes, long codePoints) {
  private static final int BLOCK = 1 << 16;

  /** A text of the file's copies. */
  record Text(RandomText random, List<String> heads) {
    long bytes() {
      return heads.stream().mapToLong(String::length).sum() + random.bytes() * heads.size();
    }

    long codePoints() {
      return heads.stream().mapToLong(String::length).sum() + random.codePoints() * heads.size();
    }

    InputStream open() throws IOException {
      List<InputStream> parts = new ArrayList<>();
      for (String head : heads) {
        parts.add(new ByteArrayInputStream(head.getBytes(StandardCharsets.US_ASCII)));
        parts.add(Files.newInputStream(random.file()));
      }
      return new SequenceInputStream(Collections.enumeration(parts));
    }

    String sha256() throws IOException {
      MessageDigest digest = InlineContext.newSha256();
      byte[] buffer = new byte[BLOCK];
      try (InputStream in = open()) {
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          digest.update(buffer, 0, n);
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    }
  }

  /** Writes a file of at least so many bytes; the same bytes for the same seed. */
  static RandomText write(Path file, long bytes, long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    StringBuilder block = new StringBuilder(2 * BLOCK);
    long written = 0;
    long codePoints = 0;
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      while (written < bytes) {
        block.setLength(0);
        for (int i = 0; i < BLOCK; i++) {
          block.appendCodePoint(codePoint(random.nextInt()));
        }
        byte[] encoded = block.toString().getBytes(StandardCharsets.UTF_8);
        out.write(encoded);
        written += encoded.length;
        codePoints += BLOCK;
      }
    }
    return new RandomText(file, written, codePoints);
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

  /** A text of so many copies, another one for each number. */
  Text text(int copies, int number) {
    List<String> heads = new ArrayList<>();
    for (int i = 0; i < copies; i++) {
      heads.add("text " + number + " part " + i + "\n");
    }
    return new Text(this, heads);
  }
}
