package dev.rlmbeam.pipelines.options;

/** What a run would be given, so that it can be checked. */
public interface DoctorOptions extends RlmOptions, ConfiguredOptions, CommonOptions {}
