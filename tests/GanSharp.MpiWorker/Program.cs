using System.Globalization;
using GanSharp.Mpi;
using GanSharp.MpiWorker;
using TorchSharp;

// One rank of a job that a test starts by mpirun.

if (args is not [var mode, .. var rest])
{
    Console.Error.WriteLine("GanSharp.MpiWorker <check | train | resume | fail | hello> …");
    return 2;
}
torch.set_num_threads(1);
switch (mode)
{
    case "check":
        return Checks.Run();
    case "train":
        return Training.Run(int.Parse(rest[0], CultureInfo.InvariantCulture), rest.ElementAtOrDefault(1));
    case "resume":
        return Training.Resume(int.Parse(rest[0], CultureInfo.InvariantCulture), rest[1]);
    case "fail":
        return Failures.Run(rest[0], rest.Length > 1 ? int.Parse(rest[1], CultureInfo.InvariantCulture) : 1);
    case "hello":
        using (var communicator = MpiCommunicator.Initialize(rest is [var path] ? new MpiOptions { Library = path } : null))
        {
            communicator.Barrier();
            Console.WriteLine($"rank {communicator.Rank} of {communicator.Size}, local {communicator.LocalRank}, on {communicator.Library}");
        }
        return 0;
    default:
        Console.Error.WriteLine($"Unknown: {mode}");
        return 2;
}
