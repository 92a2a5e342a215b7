using GanSharp.Tool;
using Spectre.Console;

return ToolCommand.Run(args, AnsiConsole.Console, Console.Error);
