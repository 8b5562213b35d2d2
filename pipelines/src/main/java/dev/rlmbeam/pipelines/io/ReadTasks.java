package dev.rlmbeam.pipelines.io;

import dev.rlmbeam.pipelines.report.Tally;
import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RlmFailureCoder;
import dev.rlmbeam.transforms.RlmTask;
import dev.rlmbeam.transforms.RlmTaskCoder;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.SetCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Distinct;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.Top;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.jspecify.annotations.Nullable;

/**
 * Reads tasks from files; rows that cannot be used come out as failures, and no two tasks have the
 * same id. One worker reads a file from start to end, many read files. Immutable.
 */
public final class ReadTasks extends PTransform<PBegin, PCollectionTuple> {
  private static final long serialVersionUID = 1L;

  /** The tasks. */
  public static final TupleTag<RlmTask> TASKS = new TupleTag<>("tasks") {};

  /** The rows that cannot be used. */
  public static final TupleTag<RlmFailure> FAILURES = new TupleTag<>("failures") {};

  /** What is to be said of the reading itself: files that could not be read, an early end. */
  public static final TupleTag<Tally> NOTES = new TupleTag<>("notes") {};

  private final InputSettings settings;
  private final InputListing listing;
  private final int groups;

  /**
   * Reads the files of a listing as the settings say.
   *
   * @param groups in how many groups by id the tasks come out, on runners where a group is a
   *     bundle; 0 for one an id
   */
  public ReadTasks(InputSettings settings, InputListing listing, int groups) {
    this.settings = settings;
    this.listing = listing;
    this.groups = groups;
  }

  @Override
  public PCollectionTuple expand(PBegin begin) {
    PCollection<InputFile> files = files(begin);
    @Nullable PCollectionView<Set<String>> chosen = chosen(files);
    ParDo.SingleOutput<InputFile, RlmTask> read =
        ParDo.of(new ReadTasksFn(settings, chosen, TASKS, FAILURES, NOTES));
    if (chosen != null) {
      read = read.withSideInputs(chosen);
    }
    PCollectionTuple rows =
        files.apply("Read rows", read.withOutputTags(TASKS, TupleTagList.of(FAILURES).and(NOTES)));
    PCollection<RlmTask> tasks = rows.get(TASKS).setCoder(RlmTaskCoder.of());
    PCollection<RlmFailure> failures = rows.get(FAILURES).setCoder(RlmFailureCoder.of());
    PCollectionTuple unique = unique(tasks);
    PCollection<RlmTask> named = unique.get(TASKS).setCoder(RlmTaskCoder.of());
    PCollection<RlmFailure> all =
        PCollectionList.of(failures)
            .and(unique.get(FAILURES).setCoder(RlmFailureCoder.of()))
            .apply("Bad rows", Flatten.pCollections());
    if (settings.selection() instanceof Selection.Ids wanted) {
      PCollection<RlmFailure> missing = missing(begin, wanted.ids(), named, all);
      all =
          PCollectionList.of(all)
              .and(missing)
              .apply("Bad and missing rows", Flatten.pCollections());
    }
    return PCollectionTuple.of(TASKS, named)
        .and(FAILURES, all)
        .and(NOTES, rows.get(NOTES).setCoder(SerializableCoder.of(Tally.class)));
  }

  private PCollection<InputFile> files(PBegin begin) {
    TupleTag<InputFile> texts = new TupleTag<>("texts") {};
    TupleTag<InputFile> rows = new TupleTag<>("rows") {};
    PCollectionTuple found =
        begin
            .apply("Input", Create.of(""))
            .apply(
                "List",
                ParDo.of(new FilesFn(listing, texts, rows))
                    .withOutputTags(texts, TupleTagList.of(rows)));
    SerializableCoder<InputFile> coder = SerializableCoder.of(InputFile.class);
    // Files of rows are work for a worker each; files that are a task cost nothing to name.
    PCollection<InputFile> spread =
        found.get(rows).setCoder(coder).apply("Spread files", Reshuffle.viaRandomKey());
    return PCollectionList.of(found.get(texts).setCoder(coder))
        .and(spread)
        .apply("Files", Flatten.pCollections());
  }

  private @Nullable PCollectionView<Set<String>> chosen(PCollection<InputFile> files) {
    int rows;
    if (settings.selection() instanceof Selection.First first) {
      rows = first.rows();
    } else if (settings.selection() instanceof Selection.Sample sample) {
      rows = sample.rows();
    } else {
      return null;
    }
    return files
        .apply("Rank rows", ParDo.of(new CandidatesFn(settings)))
        .setCoder(SerializableCoder.of(Candidate.class))
        .apply("Choose", Top.of(rows, new Candidate.LowestOnTop()))
        .apply("Sources", MapElements.via(new Candidate.Sources()))
        .setCoder(SetCoder.of(StringUtf8Coder.of()))
        .apply("Chosen rows", View.asSingleton());
  }

  private PCollectionTuple unique(PCollection<RlmTask> tasks) {
    int spread = groups;
    if (spread == 0) {
      return tasks
          .apply(
              "Key by id",
              WithKeys.<String, RlmTask>of(RlmTask::id).withKeyType(TypeDescriptors.strings()))
          .setCoder(KvCoder.of(StringUtf8Coder.of(), RlmTaskCoder.of()))
          .apply("Group by id", GroupByKey.create())
          .apply(
              "Unique ids",
              ParDo.of(new SameIdFn(settings, TASKS, FAILURES))
                  .withOutputTags(TASKS, TupleTagList.of(FAILURES)));
    }
    return tasks
        .apply(
            "Key by id",
            WithKeys.<Integer, RlmTask>of(task -> Math.floorMod(task.id().hashCode(), spread))
                .withKeyType(TypeDescriptors.integers()))
        .setCoder(KvCoder.of(VarIntCoder.of(), RlmTaskCoder.of()))
        .apply("Group by id", GroupByKey.create())
        .apply(
            "Unique ids",
            ParDo.of(new UniqueIdsFn(settings, TASKS, FAILURES))
                .withOutputTags(TASKS, TupleTagList.of(FAILURES)));
  }

  private PCollection<RlmFailure> missing(
      PBegin begin,
      Set<String> wanted,
      PCollection<RlmTask> tasks,
      PCollection<RlmFailure> failures) {
    PCollection<String> ids =
        tasks.apply("Ids", MapElements.into(TypeDescriptors.strings()).via(RlmTask::id));
    PCollection<String> failedIds =
        failures.apply(
            "Failed ids", MapElements.into(TypeDescriptors.strings()).via(RlmFailure::id));
    PCollectionView<Iterable<String>> found =
        PCollectionList.of(List.of(ids, failedIds))
            .apply("Ids read", Flatten.pCollections())
            .apply("Distinct ids", Distinct.create())
            .apply("Found ids", View.asIterable());
    return begin
        .apply("Ids asked for", Create.of(""))
        .apply(
            "Missing ids",
            ParDo.of(new MissingIdsFn(new HashSet<>(wanted), found, settings))
                .withSideInputs(found))
        .setCoder(RlmFailureCoder.of());
  }
}
