package dev.rlmbeam.pipelines.formats;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.avro.file.CodecFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever is wrong with a file, it is that file's failure and is said in words. */
@Timeout(60)
final class AvroDamageTest {
  private static final String TEXTS = AvroRecordsTest.TEXTS;

  @Test
  void aFileThatIsCutOffAnywhereEndsWithAReason() throws IOException {
    for (String codec : new String[] {"null", "deflate", "snappy", "zstandard", "bzip2"}) {
      byte[] whole = small(codec);
      int most = ReadRecords.ofAvro(whole, ReadRecords.MAX_BYTES, "id", "text").records().size();
      List<Integer> blocks = new ArrayList<>();
      for (int length = 0; length < whole.length; length++) {
        byte[] cut = Arrays.copyOf(whole, length);

        ReadRecords read = ReadRecords.ofAvro(cut, ReadRecords.MAX_BYTES, "id", "text");

        assertThat(read.records().size()).isAtMost(most);
        if (read.end().isEmpty()) {
          blocks.add(length);
        }
      }
      // A file may end between blocks: nothing tells that there was another one.
      assertWithMessage("%s", codec).that(blocks).hasSize(2);
    }
  }

  @Test
  void damageIsNeverMoreThanTheFilesFailure() throws IOException {
    Random random = new Random(7);
    for (String codec : new String[] {"null", "deflate", "snappy", "zstandard", "bzip2"}) {
      byte[] whole = small(codec);
      for (int i = 0; i < 3000; i++) {
        byte[] damaged = whole.clone();
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);

        ReadRecords read = ReadRecords.ofAvro(damaged, ReadRecords.MAX_BYTES, "id", "text");

        assertThat(read.records().size()).isAtMost(1000);
      }
    }
  }

  @Test
  void lengthsThatAreSaidTakeNoMemory() throws IOException {
    byte[] file = AvroFile.of(TEXTS, CodecFactory.nullCodec()).bytes();
    byte[] sync = Arrays.copyOfRange(file, file.length - 16, file.length);
    // A block of one record of 2^40 bytes that begins with a text of 2^33 of them.
    ByteBuffer bytes = ByteBuffer.allocate(file.length + 64);
    bytes.put(file).put((byte) 2).put(varint(1L << 40)).put(varint(1L << 33)).put(sync);

    ReadRecords read =
        ReadRecords.ofAvro(
            Arrays.copyOf(bytes.array(), bytes.position()), Integer.MAX_VALUE - 64, "id", "text");

    assertThat(read.records()).isEmpty();
    assertThat(read.end()).isEqualTo("it ends in the middle of a row");
  }

  @Test
  void aHeaderThatIsTooLargeForTheMemoryIsNotTaken() throws IOException {
    // Entries of a mebibyte each, of which no file ends.
    byte[] entry = new byte[1 << 20];
    ByteBuffer start = ByteBuffer.allocate(64).put(new byte[] {'O', 'b', 'j', 1});
    start.put(varint(10_000));
    List<InputStream> parts = new ArrayList<>();
    parts.add(new ByteArrayInputStream(start.array(), 0, start.position()));
    for (int i = 0; i < 10_000; i++) {
      ByteBuffer key = ByteBuffer.allocate(64).put(varint(4));
      key.put(String.format("%04d", i).getBytes(StandardCharsets.UTF_8)).put(varint(entry.length));
      parts.add(new ByteArrayInputStream(key.array(), 0, key.position()));
      parts.add(new ByteArrayInputStream(entry));
    }
    InputStream file = new SequenceInputStream(Collections.enumeration(parts));

    assertThat(assertThrows(IOException.class, () -> AvroRecords.open(file, Set.of("id"), 1 << 20)))
        .hasMessageThat()
        .isEqualTo("its header has more than 67108864 bytes");
  }

  @Test
  void blocksOfSnappyThatAreTooLargeForTheMemoryAreNotTaken() throws IOException {
    byte[] file = AvroFile.of(TEXTS, CodecFactory.snappyCodec()).bytes();
    ByteBuffer bytes = ByteBuffer.allocate(file.length + 64);
    bytes.put(file).put((byte) 2).put(varint(1L << 35));

    assertThat(
            ReadRecords.ofAvro(
                    Arrays.copyOf(bytes.array(), bytes.position()), ReadRecords.MAX_BYTES, "id")
                .end())
        .startsWith("a block has 34359738368 bytes, which with snappy must be in memory at once;");
  }

  @Test
  void whatIsNoAvroOrNotSupportedIsSaid() throws IOException {
    byte[] file = small("deflate");
    file[indexOf(file, "deflate") + 6] = 'X';

    assertThat(ReadRecords.ofAvro(file, ReadRecords.MAX_BYTES, "id").end())
        .isEqualTo(
            "it is compressed with deflatX, which is not supported; write it with deflate, snappy,"
                + " zstandard or bzip2");
    assertThat(
            ReadRecords.ofAvro(
                    "{\"id\":1}\n".getBytes(StandardCharsets.UTF_8), ReadRecords.MAX_BYTES, "id")
                .end())
        .isEqualTo("it is no Avro object container file");
  }

  private static byte[] small(String codec) throws IOException {
    AvroFile file = AvroFile.of(TEXTS, CodecFactory.fromString(codec));
    for (int i = 0; i < 8; i++) {
      file.add("id", "r" + i, "text", "text " + i);
      if (i % 4 == 3) {
        file.block();
      }
    }
    return file.bytes();
  }

  private static byte[] varint(long value) {
    ByteBuffer bytes = ByteBuffer.allocate(10);
    long rest = value << 1;
    for (; rest > 0x7F; rest >>>= 7) {
      bytes.put((byte) ((rest & 0x7F) | 0x80));
    }
    return Arrays.copyOf(bytes.put((byte) rest).array(), bytes.position());
  }

  private static int indexOf(byte[] bytes, String text) {
    return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
  }
}
