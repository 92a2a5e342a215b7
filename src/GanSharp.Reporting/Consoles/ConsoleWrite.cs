namespace GanSharp.Reporting.Consoles;

/// <summary>Writes to a console that may be gone, or whose output goes to a full disk.</summary>
internal static class ConsoleWrite
{
    /// <summary>Writes, and gives up where that fails: the work is worth more than a line about it.</summary>
    public static void Try(Action write)
    {
        try
        {
            write();
        }
        catch (IOException)
        {
        }
    }
}
