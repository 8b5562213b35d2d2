package dev.rlmbeam.pipelines.io;

import dev.rlmbeam.transforms.RlmContext;
import dev.rlmbeam.transforms.RlmTask;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.MoveOptions.StandardMoveOptions;
import org.apache.beam.sdk.io.fs.ResourceId;

/**
 * Puts long contexts of rows into files, so that they do not sit in the memory of the pipeline. A
 * file is named by its content: many questions over one document write it once.
 */
final class ContextSpill {
  private final String folder;
  private final int inlineBytes;

  ContextSpill(String folder, int inlineBytes) {
    this.folder = folder;
    this.inlineBytes = inlineBytes;
  }

  /** The same task, its context in a file if it is long. */
  RlmTask spill(RlmTask task) throws IOException {
    if (!(task.context() instanceof RlmContext.Inline inline)
        || inline.value().length() <= inlineBytes / 4) {
      return task;
    }
    byte[] bytes = inline.value().getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= inlineBytes) {
      return task;
    }
    String name = ContentHash.hex(bytes) + (inline.json() ? ".json" : ".txt");
    ResourceId target = FileSystems.matchNewResource(folder + "/" + name, false);
    if (FileSystems.match(target.toString(), EmptyMatchTreatment.ALLOW).metadata().isEmpty()) {
      write(target, name, bytes);
    }
    return task.withContext(new RlmContext.Ref(target.toString(), bytes.length, inline.json()));
  }

  private void write(ResourceId target, String name, byte[] bytes) throws IOException {
    ResourceId part =
        FileSystems.matchNewResource(
            folder + "/" + name + "." + UUID.randomUUID() + ".part", false);
    try (WritableByteChannel out = FileSystems.create(part, "text/plain")) {
      ByteBuffer rest = ByteBuffer.wrap(bytes);
      while (rest.hasRemaining()) {
        out.write(rest);
      }
    }
    FileSystems.rename(
        List.of(part),
        List.of(target),
        StandardMoveOptions.IGNORE_MISSING_FILES,
        StandardMoveOptions.SKIP_IF_DESTINATION_EXISTS);
  }
}
