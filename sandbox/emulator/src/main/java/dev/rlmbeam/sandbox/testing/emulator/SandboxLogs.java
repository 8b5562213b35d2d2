package dev.rlmbeam.sandbox.testing.emulator;

import dev.rlmbeam.sandbox.local.LocalProgram;
import dev.rlmbeam.sandbox.modal.proto.FileDescriptor;
import dev.rlmbeam.sandbox.modal.proto.SandboxGetLogsRequest;
import dev.rlmbeam.sandbox.modal.proto.TaskLogs;
import dev.rlmbeam.sandbox.modal.proto.TaskLogsBatch;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What sandboxes print, as a stream for whoever follows it. Thread-safe. */
final class SandboxLogs {
  private static final long LOOK_MILLIS = 50;
  private static final float MAX_SECONDS = 120;

  private final SandboxRegistry registry;

  SandboxLogs(SandboxRegistry registry) {
    this.registry = registry;
  }

  /** Where a follower is in both streams; its text is the id of an entry. */
  private record Position(long stdout, long stderr) {
    static Position parse(String text) {
      String[] parts = text.isEmpty() ? new String[] {"0", "0"} : text.split("-", -1);
      try {
        return new Position(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
        throw Refusals.invalid("this is no entry of a log: %s", text);
      }
    }

    @Override
    public String toString() {
      return stdout + "-" + stderr;
    }
  }

  /** Returns when the sandbox has ended and all is said, the time is over, or nobody listens. */
  CompletableFuture<?> follow(SandboxGetLogsRequest request, StreamObserver<TaskLogsBatch> to) {
    RunningSandbox sandbox = registry.require(request.getSandboxId());
    Position position = Position.parse(request.getLastEntryId());
    float seconds = Math.max(0, Math.min(MAX_SECONDS, request.getTimeout()));
    long end = System.nanoTime() + (long) (seconds * 1e9);
    boolean over = false;
    while (!over && !Answers.cancelled(to)) {
      // Asked before the output is read: what was said at last must not be missed.
      boolean ended = sandbox.result().isPresent();
      Optional<LocalProgram> program = sandbox.program();
      boolean all = ended && program.map(LocalProgram::outputEnded).orElse(true);
      if (program.isPresent()) {
        position = tell(program.get(), request.getFileDescriptor(), position, sandbox, to);
      }
      if (all) {
        to.onNext(TaskLogsBatch.newBuilder().setEof(true).build());
      }
      over = all || System.nanoTime() - end >= 0 || !rest();
    }
    return CompletableFuture.completedFuture(null);
  }

  private static boolean rest() {
    try {
      Thread.sleep(LOOK_MILLIS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Position tell(
      LocalProgram program,
      FileDescriptor wanted,
      Position position,
      RunningSandbox sandbox,
      StreamObserver<TaskLogsBatch> to) {
    TaskLogsBatch.Builder batch = TaskLogsBatch.newBuilder().setTaskId(sandbox.identity().taskId());
    long stdout = position.stdout();
    long stderr = position.stderr();
    if (wanted != FileDescriptor.FILE_DESCRIPTOR_STDERR) {
      LocalProgram.Output out = program.stdout(stdout);
      stdout = out.end();
      add(batch, out, FileDescriptor.FILE_DESCRIPTOR_STDOUT);
    }
    if (wanted != FileDescriptor.FILE_DESCRIPTOR_STDOUT) {
      LocalProgram.Output errors = program.stderr(stderr);
      stderr = errors.end();
      add(batch, errors, FileDescriptor.FILE_DESCRIPTOR_STDERR);
    }
    Position next = new Position(stdout, stderr);
    if (batch.getItemsCount() > 0) {
      to.onNext(batch.setEntryId(next.toString()).build());
    }
    return next;
  }

  private static void add(
      TaskLogsBatch.Builder batch, LocalProgram.Output output, FileDescriptor from) {
    if (output.bytes().length > 0) {
      batch.addItems(
          TaskLogs.newBuilder()
              .setData(new String(output.bytes(), StandardCharsets.UTF_8))
              .setTimestamp(System.currentTimeMillis() / 1000.0)
              .setFileDescriptor(from));
    }
  }
}
