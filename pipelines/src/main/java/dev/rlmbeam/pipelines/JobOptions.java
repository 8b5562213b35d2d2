package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.options.BatchOptions;
import dev.rlmbeam.pipelines.options.ConfigFile;
import dev.rlmbeam.pipelines.options.GivenOptions;
import dev.rlmbeam.pipelines.options.LocalSandboxesFactory;
import dev.rlmbeam.pipelines.options.OptionTable;
import dev.rlmbeam.pipelines.options.Settings;
import dev.rlmbeam.pipelines.options.UsageException;
import java.util.Optional;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * Options in force, with who set each. Immutable, but for what Beam does to its options.
 *
 * @param options all of them
 * @param given those that were set
 */
record JobOptions<T extends PipelineOptions>(T options, GivenOptions given) {

  /**
   * What a person gave at the command line, behind it the file that it names, behind that what the
   * runner needs. What this machine has for sandboxes is looked at meanwhile.
   *
   * @throws UsageException when an option is unknown or has a value that it does not take
   */
  static <T extends PipelineOptions> JobOptions<T> of(Class<T> type, GivenOptions commandLine) {
    OptionTable table = OptionTable.of(type);
    Optional<String> config = commandLine.value("config");
    GivenOptions given =
        config.isPresent()
            ? commandLine.over(
                ConfigFile.read(config.get(), table, OptionTable.of(BatchOptions.class)))
            : commandLine;
    if (!given.value("explain").equals(Optional.of("true"))) {
      LocalSandboxesFactory.lookAhead(given);
    }
    GivenOptions all = Runners.withDefaults(given, table);
    return new JobOptions<>(Settings.of(type, all), all);
  }
}
