package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.io.Documents;
import dev.rlmbeam.pipelines.io.OutputFormat;
import dev.rlmbeam.pipelines.io.ReadTasks;
import dev.rlmbeam.pipelines.io.RunFolder;
import dev.rlmbeam.pipelines.io.TaskSample;
import dev.rlmbeam.pipelines.report.Tally;
import dev.rlmbeam.transforms.RlmContext;
import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RlmFailureCoder;
import dev.rlmbeam.transforms.RlmTask;
import dev.rlmbeam.transforms.RlmTaskCoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.jspecify.annotations.Nullable;

/** One question over some documents. One thread at a time. */
final class DocumentSource implements TaskSource {
  /** Names the only task of such a run. */
  static final String ID = "ask";

  private final Documents documents;
  private final String question;
  private @Nullable RlmContext context;

  DocumentSource(Documents documents, String question) {
    this.documents = documents;
    this.question = question;
  }

  @Override
  public String shown() {
    return documents.shown();
  }

  @Override
  public OutputFormat format() {
    return OutputFormat.JSONL;
  }

  @Override
  public List<String> include() {
    return List.of();
  }

  @Override
  public TaskSample sample(int whole, int most, Path scratch) throws IOException {
    context = documents.context(scratch);
    RlmTask task = new RlmTask(ID, question, context, documents.source());
    return TaskSample.of(task);
  }

  @Override
  public void prepare(RunFolder folder) {
    try {
      context = documents.context(Path.of(folder.contexts()));
    } catch (IOException e) {
      throw new UncheckedIOException("the documents cannot be put together", e);
    }
  }

  @Override
  public PCollectionTuple read(Pipeline pipeline) {
    if (context == null) {
      throw new IllegalStateException("call prepare() or sample() first");
    }
    RlmTask task = new RlmTask(ID, question, context, documents.source());
    return PCollectionTuple.of(
            ReadTasks.TASKS, pipeline.apply("Task", Create.of(task).withCoder(RlmTaskCoder.of())))
        .and(
            ReadTasks.FAILURES,
            pipeline.apply("No failures", Create.<RlmFailure>empty(RlmFailureCoder.of())))
        .and(
            ReadTasks.NOTES,
            pipeline.apply("No notes", Create.<Tally>empty(SerializableCoder.of(Tally.class))));
  }
}
