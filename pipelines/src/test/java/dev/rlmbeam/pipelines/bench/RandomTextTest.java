package dev.rlmbeam.pipelines.bench;

import static com.google.common.truth.Truth.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RandomTextTest {
  @TempDir private Path folder;

  private RandomText random(long seed) throws IOException {
    return RandomText.write(folder.resolve("text" + seed), 1_000_000, seed);
  }

  @Test
  void saysWhatIsInIt() throws IOException {
    RandomText text = random(7);

    byte[] bytes = Files.readAllBytes(text.file());
    String decoded = new String(bytes, StandardCharsets.UTF_8);
    assertThat(text.bytes()).isEqualTo(bytes.length);
    assertThat(text.bytes()).isAtLeast(1_000_000);
    assertThat(text.codePoints()).isEqualTo(decoded.codePointCount(0, decoded.length()));
    assertThat(text.sha256())
        .isEqualTo(HexFormat.of().formatHex(InlineContext.newSha256().digest(bytes)));
    assertThat(decoded.getBytes(StandardCharsets.UTF_8)).isEqualTo(bytes);
  }

  @Test
  void hasCharactersOfAllWidthsAndDoesNotCompress() throws IOException {
    RandomText text = random(7);
    byte[] bytes = Files.readAllBytes(text.file());

    String decoded = new String(bytes, StandardCharsets.UTF_8);
    assertThat(decoded.codePoints().filter(c -> c > 0xffff).count())
        .isGreaterThan(text.codePoints() / 5);
    assertThat(decoded.codePoints().filter(c -> c < 0x80).count())
        .isGreaterThan(text.codePoints() / 5);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(bytes);
    }
    assertThat(packed.size()).isGreaterThan(bytes.length * 3 / 4);
  }

  @Test
  void isTheSameForTheSameSeedAlone() throws IOException {
    assertThat(random(1).sha256()).isEqualTo(random(1).sha256());
    assertThat(random(1).sha256()).isNotEqualTo(random(2).sha256());
  }
}
