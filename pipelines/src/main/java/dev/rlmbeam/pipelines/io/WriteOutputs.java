package dev.rlmbeam.pipelines.io;

import dev.rlmbeam.pipelines.remote.RunFiles;
import dev.rlmbeam.pipelines.report.RunDescription;
import dev.rlmbeam.pipelines.report.Tally;
import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RlmResult;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.io.WriteFilesResult;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.Wait;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * Writes results and failures and, when their files are there, the summary: it is the last file of
 * a run, and says that the run is finished. All that it counts are the results and failures
 * themselves, so nothing that a runner repeats is counted twice.
 */
public final class WriteOutputs {
  private final RunFolder folder;
  private final RunDescription run;
  private final int shards;
  private final OutputFormat format;
  private final OutputCsv csv;
  private final boolean withInput;
  private Optional<RunFiles> leftBehind = Optional.empty();

  /**
   * Writes into a folder.
   *
   * @param shards files of results, and of failures; 0 leaves it to the runner
   * @param format of those files
   * @param include fields of the input that the tasks took with them
   */
  public WriteOutputs(
      RunFolder folder, RunDescription run, int shards, OutputFormat format, List<String> include) {
    this.folder = folder;
    this.run = run;
    this.shards = shards;
    this.format = format;
    this.csv = new OutputCsv(include);
    this.withInput = !include.isEmpty();
  }

  /** Clears these away too when all is written: no launcher waits to do so. */
  public WriteOutputs thenClearing(RunFiles files) {
    leftBehind = Optional.of(files);
    return this;
  }

  /**
   * Puts the writing behind these collections.
   *
   * @param reading what else the summary has to say of the reading
   */
  public void expand(
      PCollection<RlmResult> results,
      PCollection<RlmFailure> failures,
      PCollection<Tally> reading) {
    boolean isCsv = format == OutputFormat.CSV;
    WriteFilesResult<Void> resultFiles =
        write(
            RunFolder.RESULTS,
            results,
            isCsv ? csv::of : OutputLines::of,
            csv.resultHeader(),
            () -> OutputAvro.ofResults(withInput));
    WriteFilesResult<Void> failureFiles =
        write(
            RunFolder.FAILURES,
            failures,
            isCsv ? csv::of : OutputLines::of,
            csv.failureHeader(),
            () -> OutputAvro.ofFailures(withInput));
    TypeDescriptor<Tally> tallyType = TypeDescriptor.of(Tally.class);
    SerializableCoder<Tally> coder = SerializableCoder.of(Tally.class);
    PCollection<Tally> answered =
        results.apply("Count results", MapElements.into(tallyType).via(Tally::of)).setCoder(coder);
    PCollection<Tally> failed =
        failures
            .apply("Count failures", MapElements.into(tallyType).via(Tally::of))
            .setCoder(coder);
    PCollectionList.of(answered)
        .and(failed)
        .and(reading)
        .apply("Counts", Flatten.pCollections())
        .apply("Sum", Combine.globally(new TallyFn()))
        .apply(
            "After the files",
            Wait.on(
                resultFiles.getPerDestinationOutputFilenames(),
                failureFiles.getPerDestinationOutputFilenames()))
        .apply("Write summary", ParDo.of(new WriteSummaryFn(folder, run, leftBehind.orElse(null))));
  }

  private <T> WriteFilesResult<Void> write(
      String name,
      PCollection<T> elements,
      SerializableFunction<T, String> line,
      String header,
      Supplier<OutputAvro<T>> avro) {
    if (format == OutputFormat.AVRO) {
      FileIO.Write<Void, T> files =
          FileIO.<T>write()
              .via(avro.get())
              .to(folder.path())
              .withPrefix(name)
              .withSuffix(format.suffix());
      return elements.apply("Write " + name, shards > 0 ? files.withNumShards(shards) : files);
    }
    TextIO.Write lines =
        TextIO.write()
            .to(folder.path() + "/" + name)
            .withSuffix(format.suffix())
            .withNumShards(shards);
    if (format == OutputFormat.CSV) {
      lines = lines.withHeader(header).withDelimiter(new char[] {'\r', '\n'});
    }
    return elements
        .apply("Lines of " + name, MapElements.into(TypeDescriptors.strings()).via(line))
        .apply("Write " + name, lines.withOutputFilenames());
  }
}
