using GanSharp.Samples;
using GanSharp.Samples.Evaluate;

return SampleCommand.Run(CompareCommand.Root, args, CompareCommand.Run);
