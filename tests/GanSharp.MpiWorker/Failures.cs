using GanSharp.Mpi;
using static TorchSharp.torch;

namespace GanSharp.MpiWorker;

/// <summary>Ways in which one rank leaves the others alone.</summary>
internal static class Failures
{
    /// <param name="how">What the rank does.</param>
    /// <param name="who">The rank that does it.</param>
    public static int Run(string how, int who)
    {
        Action? arrived = null;
        var options = new MpiOptions { Timeout = TimeSpan.FromSeconds(2), Arrived = () => arrived?.Invoke() };
        try
        {
            using var communicator = MpiCommunicator.Initialize(how == "patient" ? options with { Timeout = null } : options);
            var values = ones(1_000);
            communicator.AllReduce([values]);
            if (communicator.Rank == who)
                switch (how)
                {
                    case "caught":
                        throw new InvalidDataException("the data are damaged");
                    case "exit":
                        Environment.Exit(0);
                        break;
                    case "forget":
                        return 0;
                    case "hang":
                        Thread.Sleep(Timeout.Infinite);
                        break;
                    case "stop":
                        System.Diagnostics.Process.Start("kill", ["-STOP", $"{Environment.ProcessId}"]).WaitForExit();
                        break;
                    case "hang in transfer":
                        arrived = () => Thread.Sleep(Timeout.Infinite);
                        break;
                    case "abort":
                        communicator.Abort("the loss is NaN.");
                        break;
                    case "kill":
                        System.Diagnostics.Process.GetCurrentProcess().Kill();
                        break;
                    case "throw":
                        new Thread(() => throw new InvalidDataException("nobody catches it")).Start();
                        Thread.Sleep(Timeout.Infinite);
                        break;
                }
            while (true)
                communicator.AllReduce([values]);
        }
        catch (Exception exception) when (exception is MpiException or InvalidDataException)
        {
            Console.Error.WriteLine($"caught: {exception.Message}");
            return 1;
        }
    }
}
