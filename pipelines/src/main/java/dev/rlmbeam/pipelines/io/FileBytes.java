package dev.rlmbeam.pipelines.io;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.util.zip.GZIPInputStream;
import org.apache.beam.sdk.io.FileSystems;

/** Opens files of the input, on any file system that Beam knows. Whoever opens closes. */
final class FileBytes {
  private static final int BUFFER_BYTES = 1 << 16;

  private FileBytes() {}

  /** From the start to the end, decompressed if the name says so. */
  static InputStream stream(InputFile file) throws IOException {
    InputStream in = Channels.newInputStream(channel(file));
    if (!file.isGzip()) {
      return in;
    }
    try {
      return new GZIPInputStream(new BufferedInputStream(in, BUFFER_BYTES), BUFFER_BYTES);
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  /** At any place. */
  static SeekableByteChannel seekable(InputFile file) throws IOException {
    if (file.isGzip()) {
      throw new IOException("it must be decompressed to be read");
    }
    ReadableByteChannel channel = channel(file);
    if (channel instanceof SeekableByteChannel seekable) {
      return seekable;
    }
    channel.close();
    throw new IOException("its file system reads files only from their start; copy it elsewhere");
  }

  private static ReadableByteChannel channel(InputFile file) throws IOException {
    return FileSystems.open(FileSystems.matchSingleFileSpec(file.uri()).resourceId());
  }
}
