package dev.rlmbeam.pipelines.bench;

import static com.google.common.truth.Truth.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RandomTextTest {
  @TempDir private Path folder;

  private RandomText random() throws IOException {
    return RandomText.write(folder.resolve("text"), 1_000_000, 7);
  }

  private static byte[] read(RandomText.Text text) throws IOException {
    try (InputStream in = text.open()) {
      return in.readAllBytes();
    }
  }

  @Test
  void saysWhatIsInIt() throws IOException {
    RandomText.Text text = random().text(3, 1);

    byte[] bytes = read(text);
    String decoded = new String(bytes, StandardCharsets.UTF_8);
    assertThat(text.bytes()).isEqualTo(bytes.length);
    assertThat(text.bytes()).isAtLeast(3_000_000);
    assertThat(text.codePoints()).isEqualTo(decoded.codePointCount(0, decoded.length()));
    assertThat(text.sha256())
        .isEqualTo(HexFormat.of().formatHex(InlineContext.newSha256().digest(bytes)));
    assertThat(decoded.getBytes(StandardCharsets.UTF_8)).isEqualTo(bytes);
  }

  @Test
  void hasCharactersOfAllWidthsAndDoesNotCompress() throws IOException {
    byte[] bytes = read(random().text(1, 1));

    String decoded = new String(bytes, StandardCharsets.UTF_8);
    assertThat(decoded.codePoints().filter(c -> c > 0xffff).count())
        .isGreaterThan(random().codePoints() / 5);
    assertThat(decoded.codePoints().filter(c -> c < 0x80).count())
        .isGreaterThan(random().codePoints() / 5);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(bytes);
    }
    assertThat(packed.size()).isGreaterThan(bytes.length * 3 / 4);
  }

  @Test
  void isAnotherTextForEachNumber() throws IOException {
    assertThat(random().text(1, 1).sha256()).isNotEqualTo(random().text(1, 2).sha256());
  }
}
