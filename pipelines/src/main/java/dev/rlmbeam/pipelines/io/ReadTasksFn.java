package dev.rlmbeam.pipelines.io;

import dev.rlmbeam.pipelines.report.ReadMonitor;
import dev.rlmbeam.pipelines.report.Tally;
import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RlmTask;
import dev.rlmbeam.transforms.RunMonitor;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.jspecify.annotations.Nullable;

/** The chosen rows of a file, as tasks and failures. Ends early when the run is told to stop. */
final class ReadTasksFn extends DoFn<InputFile, RlmTask> {
  private static final long serialVersionUID = 1L;

  private final InputSettings settings;
  private final @Nullable PCollectionView<Set<String>> chosenSources;
  private final TupleTag<RlmTask> tasks;
  private final TupleTag<RlmFailure> failures;
  private final TupleTag<Tally> notes;

  /**
   * @param chosenSources sources of the rows to take; null for no such choice
   */
  ReadTasksFn(
      InputSettings settings,
      @Nullable PCollectionView<Set<String>> chosenSources,
      TupleTag<RlmTask> tasks,
      TupleTag<RlmFailure> failures,
      TupleTag<Tally> notes) {
    this.settings = settings;
    this.chosenSources = chosenSources;
    this.tasks = tasks;
    this.failures = failures;
    this.notes = notes;
  }

  @ProcessElement
  public void process(ProcessContext context, MultiOutputReceiver out) throws IOException {
    @Nullable Set<String> chosen = chosenSources == null ? null : context.sideInput(chosenSources);
    Rows rows = new Rows(context.element(), chosen, out);
    if (rows.isWanted()) {
      new FileTasks(settings).read(context.element(), rows);
    }
  }

  /** Takes the rows of one file. */
  private final class Rows implements FileTasks.Sink {
    private final InputFile file;
    private final @Nullable Set<String> chosen;
    private final RowChoice choice;
    private final MultiOutputReceiver out;
    private final ContextSpill spill =
        new ContextSpill(settings.contextFolder(), settings.inlineContextBytes());
    private final ReadMonitor monitor = ReadMonitor.of(settings.runId());
    private final RunMonitor run = RunMonitor.of(settings.runId());
    private long chosenLeft;

    Rows(InputFile file, @Nullable Set<String> chosen, MultiOutputReceiver out) {
      this.file = file;
      this.chosen = chosen;
      this.choice = new RowChoice(settings.selection(), chosen);
      this.out = out;
      // After the last of the first rows nothing matters; another choice goes through all rows.
      this.chosenLeft =
          chosen == null || !(settings.selection() instanceof Selection.First)
              ? Long.MAX_VALUE
              : chosen.stream().filter(source -> isOf(file, source)).count();
    }

    private static boolean isOf(InputFile file, String source) {
      return source.equals(file.name()) || source.startsWith(file.name() + ":");
    }

    /** Whether there may be another row to take. */
    boolean isWanted() {
      return chosenLeft > 0;
    }

    @Override
    public boolean task(RlmTask task) throws IOException {
      if (isStopped()) {
        return false;
      }
      Optional<String> id = choice.idIfChosen(file, task.id(), task.source());
      if (id.isPresent()) {
        monitor.read();
        out.get(tasks).output(spill.spill(task.withId(id.get())));
        chosenLeft--;
      }
      return isWanted();
    }

    @Override
    public boolean failure(RlmFailure failure) {
      if (isStopped()) {
        return false;
      }
      if (choice.idIfChosen(file, failure.id(), failure.source()).isPresent()) {
        fail(failure);
        chosenLeft--;
      }
      return isWanted();
    }

    @Override
    public void unreadable(RlmFailure failure) {
      // The first rows may all stand before the place; any other choice may miss rows after it.
      boolean first = settings.selection() instanceof Selection.First;
      if (!first || (chosen != null && chosen.contains(failure.source()))) {
        fail(failure);
        out.get(notes).output(Tally.UNREADABLE_FILE);
      }
    }

    private void fail(RlmFailure failure) {
      monitor.fail(failure);
      out.get(failures).output(failure);
    }

    private boolean isStopped() {
      boolean stopped = run.snapshot().stopped();
      if (stopped) {
        out.get(notes).output(Tally.NOT_READ);
      }
      return stopped;
    }
  }
}
